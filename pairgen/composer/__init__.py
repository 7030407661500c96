"""Writes self-contained, realistic pages from a seed."""

from pairgen.composer.compose import LEXICONS, compose
from schemas.vocabulary import DOMAINS

__all__ = ["DOMAINS", "LEXICONS", "compose"]

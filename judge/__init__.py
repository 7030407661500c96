"""Answer and truth in, verdict out. Each judge is a sibling file; this table is all that knows their names.

A class is built as `Class(config, engine=Engine | None, prompt=Prompt | None)`; a judge is handed its
engine and never imports one.
"""

from schemas.protocols import Judge, JudgeConfig
from schemas.registry import Registry

JUDGES: Registry[JudgeConfig, Judge] = Registry(
    "judge",
    {
        "rules": "judge.rules:Rules",
        "similarity": "judge.similarity:Similarity",
        "llm": "judge.llm:LlmJudge",
        "lenient": "judge.lenient:Lenient",
        "scripted": "judge.scripted:Scripted",
    },
)

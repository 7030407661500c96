"""The order of things: the only room that knows Ray and composes configs."""

"""How well policies are applied, measured: texts judged as the fleet would, and what came of it."""

"""The measurements: `python -m bench [NAME…]`, each a table and `bench/out/NAME.json`."""

"""`python -m huiyin.cli` is `huiyin`."""

from huiyin.cli.main import main

main()

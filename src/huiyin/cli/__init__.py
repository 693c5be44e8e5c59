"""The `huiyin` command. Each subcommand is one small file, imported only when it is called."""

"""`make run`: the whole product on one machine, kept by supervisord (`supervisord.conf` lists the programs)."""

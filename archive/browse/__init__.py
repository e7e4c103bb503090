"""The archive in Datasette: pages made for press archives, what its tables mean, and questions worth asking."""

"""The archive in Datasette: what its tables mean, how they are sorted and faceted, and questions worth asking."""

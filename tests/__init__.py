"""Mirror of src/huiyin. Fixtures for all of them are in conftest.py, the city's people in personas.py."""

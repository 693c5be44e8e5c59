"""Tests of models that propose."""

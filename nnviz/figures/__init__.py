"""Colours and words that every figure shares. Pure: no streamlit."""

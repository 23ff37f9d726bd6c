"""The pages' parts: the only nnviz code that imports streamlit."""

"""The pages: Streamlit runs each file from its top to its end, so each ends by drawing itself."""

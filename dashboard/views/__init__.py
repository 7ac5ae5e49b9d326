"""Draw the pages: Streamlit runs each file from top to bottom, so each ends by drawing itself."""

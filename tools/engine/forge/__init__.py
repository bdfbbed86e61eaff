"""The forge where issues live, asked through the person's own gh or glab, signed in as they are."""

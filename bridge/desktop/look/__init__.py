"""How it looks: a table of colours (`tokens`), the style sheet made of it (`style`), line icons (`icons`)."""

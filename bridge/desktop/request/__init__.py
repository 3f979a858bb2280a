"""What the user asks for: genres, lyrics, length, variations, stems, seed, advanced values, engine."""

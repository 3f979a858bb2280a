"""The request panel: genres, lyrics, length, variations, stems, seed, advanced values, engine, presets."""

"""The look of the window: colours (`tokens`, `palette`), line icons (`icons`) and the style sheet (`style`)."""

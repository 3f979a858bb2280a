"""The window itself: DAW bar, messages, and the frame that holds request, takes and player together."""

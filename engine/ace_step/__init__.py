"""ACE-Step 1.5 behind the seam, through the models of diffusers' `AceStepPipeline`.

Without torch: `plan` (which model, where and how), `conditions` (words the model was trained on), `sampling` (what
it takes of steps, guidance and shift), `job` (a checked request), `sources` (audio that comes in), `resample`.
With torch, imported when used: `checkpoint` and `load` (weights from both layouts), `placing` (what lies on the
device when), `prompt` and `context` (what the transformer is told), `lyrics_bias`, `lora`, `denoise`, `decode`,
`render` (one job from words to latents to audio), `speed` (compiled blocks, CUDA graphs, warm-up).
`memory` and `ladder` reckon what a job needs and which ways to run it are cheaper; `deliver` makes the seam's
`Generation`s of the audio, and `engine` holds the whole together.

What must not be here: downloading models, alignment to the grid, stem separation.
"""

"""The ACE-Step 1.5 engine, which runs the models of diffusers' `AceStepPipeline`.

Without torch: `plan` (a model's files, device and limits), `installed` (load plans of the installed models),
`conditions` (the request in the terms that the model was trained on), `codes` and `values` (checked values of the
block), `sampling` (steps, guidance and shift within the model's limits), `job` (a checked request), `sources` (input
audio).
With torch, imported when used: `checkpoint`, `original` and `load` (weights from both layouts), `model` (a model in
memory), `device_placement` (moving weights to and from the device), `prompt` and `context` (the transformer's
inputs), `lyrics_bias`, `lora`, `denoise`, `decode`, `tiles`, `render` (one job from text to latents to audio),
`speed`, `attention` and `graphs` (compiled blocks, fused attention, CUDA graphs).
`memory` estimates the memory that a job needs and `memory_plans` lists the ways to run it, from the fastest to the
smallest; `results` and `splice` turn the audio into the engine contract's `Generation`s, and `ace_step_engine` holds
the whole together.

What must not be here: downloading models, alignment to the grid, stem separation.
"""

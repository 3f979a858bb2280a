"""The neural models: their catalogue (`catalogue`), their folders (`installed_models`), download and verification.

`hub` lists the files of a repository, `transfer` fetches one file, `download` fetches all files that
`partial_download` does not find on the disk; `adopt` takes them from a folder instead; `layout` says which files a
model needs, `weights` reads the headers of its weight files, `verify` checks an installed model.

What must not be here: running a model, and finding a user's folders; every function is given the models' folder.
Nothing here imports torch except `silence_latent`, which does so in a separate process.
"""

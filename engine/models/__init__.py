"""The neural models: which there are (`catalogue`), where they lie on disk (`store`), how they come and stay whole.

`hub` asks a hub what a repository holds, `transfer` brings one file, `download` all that have not `arrived` yet;
`adopt` takes them from a folder instead; `layout` knows which files a model needs, `weights` looks into them,
`verify` checks an installed model.

What must not be here: running a model, and where a user's folders are; every function gets the models' folder passed.
Nothing here imports torch, but for `silence`, which does so in a process of its own.
"""

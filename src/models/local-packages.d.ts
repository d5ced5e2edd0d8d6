/** Packages that a user installs when needed: their types are not here, and what is used of them is typed where it is used. */
declare module 'node-llama-cpp' {}
declare module '@huggingface/transformers' {}

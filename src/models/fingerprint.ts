/**
 * Tells whether two embeddings of one text come from the same model. Hosted models differ a little from call to call
 * (batching and hardware change the last digits), so a hash of the numbers would change although the model has not.
 * A fingerprint is therefore a sketch: the vector projected onto 32 fixed directions of random signs, one byte each.
 * Noise moves a byte by one; another model turns the whole sketch.
 */
const length = 32;

/** Sketches of one model agree to four digits even when it runs at another precision; of two models, hardly at all. */
const leastCosine = 0.995;

/** What a model is asked to embed for its sketch. Fixed for ever: sketches of other texts are not comparable. */
export const probeText =
	'Knowhow asks this model who it is: seven blue herons, 1042 invoices, a refund within thirty days.';

/**
 * The vector space of a model that made `probe` of `probeText`: the name of a known space when the model is the same,
 * else a new one, `model/dimensions/fingerprint`.
 */
export function spaceOf(model: string, probe: Float32Array, knownSpaces: readonly string[] = []): string {
	const fresh = `${model}/${probe.length}/${fingerprint(probe)}`;
	return knownSpaces.find((known) => isSameModel(known, fresh)) ?? fresh;
}

/** The sketch of a vector: 43 characters of base64url. */
export function fingerprint(vector: Float32Array): string {
	const sums = new Float64Array(length);
	for (let at = 0; at < vector.length; at++) {
		const slot = at % length;
		sums[slot] = (sums[slot] ?? 0) + (vector[at] as number) * sign(at);
	}
	const largest = Math.max(...sums.map(Math.abs)) || 1;
	return Buffer.from(Int8Array.from(sums, (sum) => Math.round((sum / largest) * 127)).buffer).toString('base64url');
}

/** Whether two spaces `model/dimensions/fingerprint` hold comparable vectors. */
export function isSameModel(a: string, b: string): boolean {
	const [nameOfA, sketchOfA] = parts(a);
	const [nameOfB, sketchOfB] = parts(b);
	return nameOfA === nameOfB && cosine(sketchOfA, sketchOfB) >= leastCosine;
}

function parts(space: string): [name: string, sketch: Int8Array] {
	const at = space.lastIndexOf('/');
	return [space.slice(0, at), new Int8Array(Buffer.from(space.slice(at + 1), 'base64url'))];
}

function cosine(a: Int8Array, b: Int8Array): number {
	if (a.length !== length || b.length !== length) return 0;
	let product = 0;
	let squaresOfA = 0;
	let squaresOfB = 0;
	for (let at = 0; at < length; at++) {
		const [x, y] = [a[at] as number, b[at] as number];
		product += x * y;
		squaresOfA += x * x;
		squaresOfB += y * y;
	}
	return product / Math.sqrt(squaresOfA * squaresOfB);
}

/** ±1, from the mixer of MurmurHash3 (Appleby 2011), so that every slot adds its components with random signs. */
function sign(at: number): number {
	let hash = Math.imul(at + 1, 0x9e3779b1);
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return (hash ^ (hash >>> 16)) & 1 ? 1 : -1;
}

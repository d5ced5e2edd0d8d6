import { isDeepStrictEqual } from 'node:util';
import { KnowhowError } from '../../core/error.ts';

/** Whether a value is what a schema asks for. */
export type Validator = (value: unknown) => boolean;

type Schema = Readonly<Record<string, unknown>>;
/** Beside a keyword's own value: the schema it stands in, and how to make validators of schemas inside of it. */
type Place = {
	readonly schema: Schema;
	readonly compile: (schema: unknown) => Validator;
	readonly refer: (pointer: string) => Validator;
};
/** Makes a validator of a keyword's value. A keyword about strings accepts everything else, and so on. */
type Keyword = (argument: never, place: Place) => Validator;

/** They constrain nothing, or another keyword reads them. `format` is a remark, as in the draft. */
const remarks = new Set(
	'$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly format contentEncoding contentMediaType then else minContains maxContains'.split(
		' ',
	),
);

const keywords: Readonly<Record<string, Keyword>> = {
	$ref: (pointer: string, { refer }) => refer(pointer),
	type: (names: string | readonly string[]) => {
		const allowed = [names].flat();
		return (value) => allowed.some((name) => isOfType(value, name));
	},
	enum: (values: readonly unknown[]) => (value) => values.some((one) => isDeepStrictEqual(one, value)),
	const: (wanted: unknown) => (value) => isDeepStrictEqual(wanted, value),

	allOf: (schemas: readonly unknown[], { compile }) => {
		const all = schemas.map(compile);
		return (value) => all.every((accepts) => accepts(value));
	},
	anyOf: (schemas: readonly unknown[], { compile }) => {
		const all = schemas.map(compile);
		return (value) => all.some((accepts) => accepts(value));
	},
	oneOf: (schemas: readonly unknown[], { compile }) => {
		const all = schemas.map(compile);
		return (value) => all.filter((accepts) => accepts(value)).length === 1;
	},
	not: (schema: unknown, { compile }) => {
		const accepts = compile(schema);
		return (value) => !accepts(value);
	},
	if: (schema: unknown, { schema: { then: whenTrue = true, else: whenFalse = true }, compile }) => {
		const [condition, yes, no] = [compile(schema), compile(whenTrue), compile(whenFalse)];
		return (value) => (condition(value) ? yes(value) : no(value));
	},

	properties: (schemas: Schema, { compile }) => {
		const known = compileAll(schemas, compile);
		return ofObject((object) =>
			known.every(([name, accepts]) => !Object.hasOwn(object, name) || accepts(object[name])),
		);
	},
	patternProperties: (schemas: Schema, { compile }) => {
		const patterns = compileAll(schemas, compile).map(
			([source, accepts]) => [new RegExp(source, 'u'), accepts] as const,
		);
		return ofObject((object) =>
			Object.entries(object).every(([name, item]) =>
				patterns.every(([pattern, accepts]) => !pattern.test(name) || accepts(item)),
			),
		);
	},
	additionalProperties: (rest: unknown, { schema, compile }) => {
		const accepts = compile(rest);
		const named = new Set(Object.keys(schema['properties'] ?? {}));
		const patterns = Object.keys(schema['patternProperties'] ?? {}).map((source) => new RegExp(source, 'u'));
		const isNamed = (name: string): boolean => named.has(name) || patterns.some((pattern) => pattern.test(name));
		return ofObject((object) => Object.entries(object).every(([name, item]) => isNamed(name) || accepts(item)));
	},
	propertyNames: (schema: unknown, { compile }) => {
		const accepts = compile(schema);
		return ofObject((object) => Object.keys(object).every(accepts));
	},
	required: (names: readonly string[]) => ofObject((object) => names.every((name) => Object.hasOwn(object, name))),
	dependentRequired: (needs: Readonly<Record<string, readonly string[]>>) =>
		ofObject((object) =>
			Object.entries(needs).every(
				([name, others]) => !Object.hasOwn(object, name) || others.every((other) => Object.hasOwn(object, other)),
			),
		),
	dependentSchemas: (schemas: Schema, { compile }) => {
		const needs = compileAll(schemas, compile);
		return ofObject((object) => needs.every(([name, accepts]) => !Object.hasOwn(object, name) || accepts(object)));
	},
	minProperties: (least: number) => ofObject((object) => Object.keys(object).length >= least),
	maxProperties: (most: number) => ofObject((object) => Object.keys(object).length <= most),

	prefixItems: (schemas: readonly unknown[], { compile }) => {
		const first = schemas.map(compile);
		return ofArray((items) => first.every((accepts, i) => i >= items.length || accepts(items[i])));
	},
	items: (schema: unknown, { schema: { prefixItems = [] }, compile }) => {
		const accepts = compile(schema);
		return ofArray((items) => items.slice((prefixItems as unknown[]).length).every(accepts));
	},
	contains: (schema: unknown, { schema: { minContains = 1, maxContains = Infinity }, compile }) => {
		const accepts = compile(schema);
		return ofArray((items) => {
			const found = items.filter(accepts).length;
			return found >= (minContains as number) && found <= (maxContains as number);
		});
	},
	minItems: (least: number) => ofArray((items) => items.length >= least),
	maxItems: (most: number) => ofArray((items) => items.length <= most),
	uniqueItems: (isAsked: boolean) =>
		ofArray(
			(items) =>
				!isAsked || items.every((item, i) => !items.slice(0, i).some((other) => isDeepStrictEqual(item, other))),
		),

	// Lengths count code points, as the draft has it.
	minLength: (least: number) => ofString((text) => Array.from(text).length >= least),
	maxLength: (most: number) => ofString((text) => Array.from(text).length <= most),
	pattern: (source: string) => {
		const pattern = new RegExp(source, 'u');
		return ofString((text) => pattern.test(text));
	},

	minimum: (least: number) => ofNumber((number) => number >= least),
	maximum: (most: number) => ofNumber((number) => number <= most),
	exclusiveMinimum: (bound: number) => ofNumber((number) => number > bound),
	exclusiveMaximum: (bound: number) => ofNumber((number) => number < bound),
	multipleOf: (step: number) => ofNumber((number) => Math.abs(number / step - Math.round(number / step)) < 1e-9),
};

/**
 * A JSON Schema of draft 2020-12 as a function. A keyword that it does not know (`unevaluated…`, `$dynamicRef`, older drafts' lists in
 * `items`) and a `$ref` that leaves the schema throw `invalid_data`, so that no schema is half applied.
 */
export function parseJsonSchema(root: unknown): Validator {
	const known = new Map<string, Validator>();
	const refer = (pointer: string): Validator => {
		const present = known.get(pointer);
		if (present !== undefined) return present;
		let accepts: Validator = () => true;
		// Registered before it is made: a schema may refer to itself.
		known.set(pointer, (value) => accepts(value));
		accepts = compile(at(root, pointer));
		return accepts;
	};
	const compile = (schema: unknown): Validator => {
		if (typeof schema === 'boolean') return () => schema;
		if (!isObject(schema)) throw invalid('it, or a part of it, is neither an object nor true or false');
		const parts = Object.entries(schema)
			.filter(([name]) => !remarks.has(name))
			.map(([name, argument]) => {
				if (!Object.hasOwn(keywords, name)) throw invalid(`the keyword "${name}" is not known`);
				return keywords[name]!(argument as never, { schema, compile, refer });
			});
		return (value) => parts.every((accepts) => accepts(value));
	};
	return compile(root);
}

/** The part of a schema that `#/$defs/name` points to (RFC 6901). */
function at(root: unknown, pointer: string): unknown {
	if (!/^#(?:\/|$)/.test(pointer)) throw invalid(`"${pointer}" leads out of it`);
	const steps = pointer.slice(2).split('/').filter(Boolean);
	return steps.reduce<unknown>((part, step) => {
		const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
		if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name))
			throw invalid(`it has no "${pointer}"`);
		return (part as Schema)[name];
	}, root);
}

function compileAll(schemas: Schema, compile: (schema: unknown) => Validator): (readonly [string, Validator])[] {
	return Object.entries(schemas).map(([name, schema]) => [name, compile(schema)]);
}

function isOfType(value: unknown, name: string): boolean {
	if (name === 'null') return value === null;
	if (name === 'array') return Array.isArray(value);
	if (name === 'object') return isObject(value);
	if (name === 'integer') return Number.isInteger(value);
	return typeof value === name;
}

function isObject(value: unknown): value is Schema {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofObject(accepts: (object: Schema) => boolean): Validator {
	return (value) => !isObject(value) || accepts(value);
}

function ofArray(accepts: (items: readonly unknown[]) => boolean): Validator {
	return (value) => !Array.isArray(value) || accepts(value);
}

function ofString(accepts: (text: string) => boolean): Validator {
	return (value) => typeof value !== 'string' || accepts(value);
}

function ofNumber(accepts: (number: number) => boolean): Validator {
	return (value) => typeof value !== 'number' || accepts(value);
}

function invalid(what: string): KnowhowError {
	return new KnowhowError('invalid_data', `The JSON Schema cannot be applied: ${what}.`, {
		hint: 'Write it in draft 2020-12, with every $ref inside of it (#/$defs/…).',
	});
}

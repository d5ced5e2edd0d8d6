import { z } from 'zod';
import { configSchema } from '../core/config.ts';

/** One setting that `knowhow.json` can hold, as the schema describes it. */
export type SettingKey = {
	/** `search.mode` */
	readonly path: string;
	/** `KNOWHOW_SEARCH_MODE` */
	readonly variable: string;
	readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array';
	readonly description: string;
	/** Undefined when there is none. */
	readonly default: unknown;
	/** The allowed values or range, for people: `keyword, vector or hybrid`, `1 to 1000`. */
	readonly range: string;
	/** True when its section must name it. */
	readonly isRequired: boolean;
};

type JsonSchema = {
	readonly type?: string;
	readonly description?: string;
	readonly default?: unknown;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly anyOf?: readonly JsonSchema[];
	readonly enum?: readonly string[];
	readonly minimum?: number;
	readonly maximum?: number;
	readonly exclusiveMinimum?: number;
};

/** The JSON Schema of `knowhow.json`, for editors. */
export function configJsonSchema(): JsonSchema & Record<string, unknown> {
	return { ...z.toJSONSchema(configSchema, { io: 'input' }), title: 'knowhow.json' } as JsonSchema &
		Record<string, unknown>;
}

/** Every setting, in the order of the schema. */
export function settingKeys(): SettingKey[] {
	return keysOf(configJsonSchema(), '').filter(({ path }) => path !== '$schema');
}

/** The sections (`search`, `ingest` …) with what they are about. */
export function sections(): { readonly name: string; readonly description: string }[] {
	return Object.entries(configJsonSchema().properties ?? {})
		.filter(([, schema]) => objectOf(schema) !== null)
		.map(([name, schema]) => ({ name, description: schema.description ?? '' }));
}

function keysOf(schema: JsonSchema, prefix: string): SettingKey[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
		const path = prefix + name;
		const object = objectOf(property);
		if (object) return keysOf(object, `${path}.`);
		return [
			{
				path,
				variable: `KNOWHOW_${path
					.replace(/([a-z])([A-Z])/g, '$1_$2')
					.replaceAll('.', '_')
					.toUpperCase()}`,
				type: (property.type ?? 'string') as SettingKey['type'],
				description: property.description ?? '',
				default: property.default,
				range: rangeOf(property),
				isRequired: schema.required?.includes(name) ?? false,
			},
		];
	});
}

/** The schema of a section, looking through `null` as an alternative. */
function objectOf(schema: JsonSchema): JsonSchema | null {
	if (schema.properties) return schema;
	return schema.anyOf?.find((option) => option.properties) ?? null;
}

function rangeOf({ enum: values, minimum, maximum, exclusiveMinimum, type }: JsonSchema): string {
	if (values) return values.join(', ').replace(/, ([^,]*)$/, ' or $1');
	// An unbounded integer has the largest safe one as its maximum.
	if (minimum !== undefined && maximum === Number.MAX_SAFE_INTEGER) return `${minimum} or more`;
	if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
	if (exclusiveMinimum !== undefined) return `more than ${exclusiveMinimum}`;
	return type === 'boolean' ? 'true or false' : type === 'array' ? 'a list' : '';
}

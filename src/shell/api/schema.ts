/** Values of requests: each schema reads a value, or says where it is wrong, and is JSON Schema for the API's description. */
export interface Schema<T> {
	readonly json: Readonly<Record<string, unknown>>;
	/** false: the member or parameter may be left out, and `read` gives undefined */
	readonly required: boolean;
	/** `at` is where the value stands, for the error: "times", "headers.To". @throws SchemaError */
	read(value: unknown, at: string): T;
	/** Of a parameter in a path or query, which is text. @throws SchemaError */
	parse(text: string, at: string): T;
}

export type Read<S> = S extends Schema<infer T> ? T : never;
type Shape = Readonly<Record<string, Schema<unknown>>>;
export type Values<S extends Shape> = { [K in keyof S]: Read<S[K]> };

export class SchemaError extends Error {
	override readonly name = "SchemaError";
}

function schema<T>(
	json: Record<string, unknown>,
	read: (value: unknown, at: string) => T,
	parse: (text: string) => unknown = (text) => text,
): Schema<T> {
	return { json, required: true, read, parse: (text, at) => read(parse(text), at) };
}

function wrong(at: string, what: string): never {
	throw new SchemaError(`${at === "" ? "the body" : at}: ${what}`);
}

export function optional<T>(inner: Schema<T>): Schema<T | undefined> {
	return { ...inner, required: false, read: (value, at) => (value === undefined ? undefined : inner.read(value, at)) };
}

export function string(description: string, { min = 0, max = 65_536 }: { min?: number; max?: number } = {}): Schema<string> {
	const json = { type: "string", description, ...(min > 0 ? { minLength: min } : {}), maxLength: max };
	return schema(json, (value, at) => {
		if (typeof value !== "string") wrong(at, "give a string");
		if (value.length < min || value.length > max) wrong(at, `give ${min} to ${max} characters`);
		return value;
	});
}

export function choice<const T extends string>(description: string, all: readonly T[]): Schema<T> {
	return schema({ type: "string", enum: [...all], description }, (value, at) => {
		const found = all.find((one) => one === value);
		return found ?? wrong(at, `give ${all.join(" or ")}`);
	});
}

export function number(description: string, min: number, max: number): Schema<number> {
	return schema(
		{ type: "number", minimum: min, maximum: max, description },
		(value, at) => {
			if (typeof value !== "number" || !(value >= min && value <= max)) wrong(at, `give a number from ${min} to ${max}`);
			return value;
		},
		numeric,
	);
}

export function integer(description: string, min = 0, max = Number.MAX_SAFE_INTEGER): Schema<number> {
	const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
	return schema(
		{ type: "integer", minimum: min, ...(max === Number.MAX_SAFE_INTEGER ? {} : { maximum: max }), description },
		(value, at) => {
			if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) wrong(at, `give a whole number ${range}`);
			return value as number;
		},
		numeric,
	);
}

function numeric(text: string): unknown {
	return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

export function boolean(description: string): Schema<boolean> {
	return schema(
		{ type: "boolean", description },
		(value, at) => (typeof value === "boolean" ? value : wrong(at, "give true or false")),
		(text) => (text === "true" ? true : text === "false" ? false : text),
	);
}

/** Octets: base64 in JSON. */
export function octets(description: string, max: number): Schema<Buffer> {
	return schema({ type: "string", contentEncoding: "base64", description: `${description}; base64` }, (value, at) => {
		if (typeof value !== "string" || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) wrong(at, "give octets in base64");
		const found = Buffer.from(value, "base64");
		if (found.length > max) wrong(at, `give at most ${max} octets`);
		return found;
	});
}

export function list<T>(description: string, item: Schema<T>, max = 1_000): Schema<T[]> {
	return schema({ type: "array", items: item.json, maxItems: max, description }, (value, at) => {
		if (!Array.isArray(value)) wrong(at, "give a list");
		if (value.length > max) wrong(at, `give at most ${max}`);
		return value.map((one, index) => item.read(one, `${at}[${index}]`));
	});
}

/** Any names, each with such a value. */
export function map<T>(description: string, item: Schema<T>, max = 256): Schema<Record<string, T>> {
	return schema({ type: "object", additionalProperties: item.json, description }, (value, at) => {
		const members = membersOf(value, at);
		if (members.length > max) wrong(at, `give at most ${max} members`);
		return Object.fromEntries(members.map(([name, one]) => [name, item.read(one, `${at}.${name}`)]));
	});
}

/** The first that fits. */
export function either<A, B>(description: string, a: Schema<A>, b: Schema<B>): Schema<A | B> {
	return schema({ anyOf: [a.json, b.json], description }, (value, at) => {
		try {
			return a.read(value, at);
		} catch {
			return b.read(value, at);
		}
	});
}

/** Whatever it is: somebody else reads it. */
export function any(description: string): Schema<unknown> {
	return schema({ description }, (value) => value);
}

export function nothing(description: string): Schema<null> {
	return schema({ type: "null", description }, (value, at) => (value === null ? null : wrong(at, "give null")));
}

export function object<const S extends Shape>(members: S, description?: string): Schema<Values<S>> {
	const names = Object.keys(members);
	const required = names.filter((name) => members[name]!.required);
	const json = {
		type: "object",
		properties: Object.fromEntries(names.map((name) => [name, members[name]!.json])),
		...(required.length === 0 ? {} : { required }),
		additionalProperties: false,
		...(description === undefined ? {} : { description }),
	};
	return schema(json, (value, at) => {
		const given = new Map(membersOf(value, at));
		for (const name of given.keys()) if (!names.includes(name)) wrong(at, `no member "${name}"; there are ${names.join(", ")}`);
		return Object.fromEntries(
			names.map((name) => {
				const path = at === "" ? name : `${at}.${name}`;
				if (!given.has(name) && members[name]!.required) wrong(path, "is missing");
				return [name, members[name]!.read(given.get(name), path)];
			}),
		) as Values<S>;
	});
}

function membersOf(value: unknown, at: string): [string, unknown][] {
	if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(at, "give an object");
	return Object.entries(value);
}

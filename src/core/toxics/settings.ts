import { TOXICS } from "./kinds/index.js";
import { type Attributes, STREAMS, type Stream, type ToxicKind, type ToxicSettings } from "./types.js";

/** Why a toxic cannot be: what toxiproxy answers, in its words. */
export type ToxicFault = "bad request body" | "stream" | "type" | "exists" | "unknown";

export class ToxicError extends Error {
	readonly fault: ToxicFault;

	constructor(fault: ToxicFault, message: string) {
		super(message);
		this.fault = fault;
	}
}

/** A toxic to be added, as toxiproxy's API is given it; downstream and for all connections where it does not say. @throws ToxicError */
export function toxicSettings(given: unknown): ToxicSettings {
	const body = record(given);
	const type = text(body, "type");
	const stream = text(body, "stream") || "downstream";
	if (!STREAMS.includes(stream as Stream)) throw new ToxicError("stream", "stream was invalid, can be either upstream or downstream");
	const kind = TOXICS.get(type);
	if (kind === undefined) throw new ToxicError("type", "invalid toxic type");
	return {
		name: text(body, "name") || `${type}_${stream}`,
		type,
		stream: stream as Stream,
		toxicity: toxicity(body, 1),
		attributes: attributes(kind, body, {}),
	};
}

/** A toxic with what is to be changed of its attributes and its toxicity. @throws ToxicError */
export function changedSettings(before: ToxicSettings, given: unknown): ToxicSettings {
	const body = record(given);
	const kind = TOXICS.get(before.type)!;
	return { ...before, toxicity: toxicity(body, before.toxicity), attributes: attributes(kind, body, before.attributes) };
}

function attributes(kind: ToxicKind, body: Readonly<Record<string, unknown>>, before: Attributes): Attributes {
	const given = record(body["attributes"] ?? {});
	const values: Record<string, number> = {};
	for (const name of Object.keys(kind.attributes)) {
		const value = given[name] ?? before[name] ?? 0;
		if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
			throw new ToxicError("bad request body", `attribute ${name} of ${kind.name} must be a whole number from 0`);
		}
		values[name] = value;
	}
	const wrong = kind.check?.(values);
	if (wrong !== undefined) throw new ToxicError("bad request body", wrong);
	return values;
}

function toxicity(body: Readonly<Record<string, unknown>>, otherwise: number): number {
	const value = body["toxicity"] ?? otherwise;
	if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
		throw new ToxicError("bad request body", "toxicity must be a number from 0 to 1");
	}
	return value;
}

function text(body: Readonly<Record<string, unknown>>, key: string): string {
	const value = body[key] ?? "";
	if (typeof value !== "string") throw new ToxicError("bad request body", `${key} must be text`);
	return value;
}

function record(given: unknown): Readonly<Record<string, unknown>> {
	if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Readonly<Record<string, unknown>>;
	throw new ToxicError("bad request body", "an object is expected");
}

import type { ServerResponse } from "node:http";
import type { ControlledProxy } from "../live/controlled-proxy.js";
import type { EntryLines } from "./entry-json.js";
import type { Feed } from "./feed.js";
import type { Meters } from "./meters.js";
import type { Schema, Values } from "./schema.js";

/** What routes act on. */
export interface ApiContext {
	readonly proxy: ControlledProxy;
	readonly lines: EntryLines;
	readonly feed: Feed;
	readonly meters: Meters;
	/** the description of the API, as JSON */
	readonly description: () => string;
}

type Shape = Readonly<Record<string, Schema<unknown>>>;
type Member<S> = S extends Shape ? Values<S> : Record<string, never>;

export interface ApiRequest<P, Q, B> {
	readonly path: P;
	readonly query: Q;
	readonly body: B;
	/** one value of each, lower case */
	readonly headers: ReadonlyMap<string, string>;
	/** aborted when the client has gone */
	readonly gone: AbortSignal;
}

/** What is answered. A stream writes by itself, and owns the response from then on. */
export type ApiAnswer =
	| { status: number; json: unknown }
	| { status: number; type: string; text: string }
	| { status: 204 }
	| { stream(response: ServerResponse): void };

export interface AnswerDescription {
	description: string;
	/** JSON Schema of the answer; with `type` of something else than JSON */
	schema?: Readonly<Record<string, unknown>>;
	type?: string;
}

/** One operation: what it takes, what it does, and all that its description needs. */
export interface Route {
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	/** "/held/{id}/resume" */
	readonly path: string;
	/** operation id */
	readonly name: string;
	/** one sentence */
	readonly summary: string;
	readonly more?: string;
	readonly parameters?: Shape;
	readonly query?: Shape;
	readonly body?: Schema<unknown>;
	/** may the body be left out? Then it counts as {} */
	readonly bodyOptional?: boolean;
	readonly answers: Readonly<Record<number, AnswerDescription>>;
	handle(request: ApiRequest<unknown, unknown, unknown>, context: ApiContext): ApiAnswer | Promise<ApiAnswer>;
}

type Typed<P, Q, B> = Omit<Route, "handle" | "parameters" | "query" | "body"> & {
	parameters?: P;
	query?: Q;
	body?: Schema<B>;
	handle(request: ApiRequest<Member<P>, Member<Q>, B>, context: ApiContext): ApiAnswer | Promise<ApiAnswer>;
};

/** Gives a route its types; nothing else. */
export function route<const P extends Shape = Record<never, never>, const Q extends Shape = Record<never, never>, B = undefined>(
	definition: Typed<P, Q, B>,
): Route {
	return definition as unknown as Route;
}

/** Routes about one thing. */
export interface RouteFamily {
	readonly name: string;
	readonly description: string;
	readonly routes: readonly Route[];
}

export function ok(json: unknown): ApiAnswer {
	return { status: 200, json };
}

export function created(json: unknown): ApiAnswer {
	return { status: 201, json };
}

export const DONE: ApiAnswer = { status: 204 };

/** The request cannot be answered as wanted. The text says why and what can. */
export class ApiError extends Error {
	override readonly name = "ApiError";
	readonly status: number;
	readonly title: string;
	readonly headers: Readonly<Record<string, string>>;

	constructor(status: number, title: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
		super(detail);
		this.status = status;
		this.title = title;
		this.headers = headers;
	}
}

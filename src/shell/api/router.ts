import { ApiError, type Route, type RouteFamily } from "./route.js";

/** "" in place of a parameter */
type Pattern = readonly { text: string; parameter: boolean }[];

/** Finds the route of a request. */
export class Router {
	readonly #routes: { pattern: Pattern; route: Route }[];

	constructor(families: readonly RouteFamily[]) {
		this.#routes = families.flatMap(({ routes }) => routes.map((route) => ({ pattern: patternOf(route.path), route })));
	}

	/** The route, and the texts of its path parameters. @throws ApiError where there is none */
	find(method: string, path: string): { route: Route; parameters: Record<string, string> } {
		const parts = partsOf(path);
		const here = this.#routes.filter(({ pattern }) => fits(pattern, parts));
		// A fixed path goes before one with parameters: /held/resume is no held message.
		here.sort((a, b) => parametersIn(a.pattern) - parametersIn(b.pattern));
		if (here.length === 0) throw new ApiError(404, "No such path", "see /openapi.json for what there is");
		const found = here.find(({ route }) => route.method === method);
		if (found !== undefined) return { route: found.route, parameters: valuesOf(found.pattern, parts) };
		const allow = [...new Set(here.map(({ route }) => route.method))].join(", ");
		throw new ApiError(405, "Wrong method", `this path knows ${allow}`, { allow });
	}
}

function patternOf(path: string): Pattern {
	return path
		.split("/")
		.slice(1)
		.map((part) => (part.startsWith("{") ? { text: part.slice(1, -1), parameter: true } : { text: part, parameter: false }));
}

function partsOf(path: string): string[] {
	try {
		return path.split("/").slice(1).map(decodeURIComponent);
	} catch {
		throw new ApiError(400, "Bad path", "a % in the path is not followed by two hexadecimal digits of UTF-8");
	}
}

function fits(pattern: Pattern, parts: readonly string[]): boolean {
	return (
		pattern.length === parts.length &&
		pattern.every(({ text, parameter }, index) => (parameter ? parts[index] !== "" : parts[index] === text))
	);
}

function parametersIn(pattern: Pattern): number {
	return pattern.filter(({ parameter }) => parameter).length;
}

function valuesOf(pattern: Pattern, parts: readonly string[]): Record<string, string> {
	return Object.fromEntries(pattern.flatMap(({ text, parameter }, index) => (parameter ? [[text, parts[index]!]] : [])));
}

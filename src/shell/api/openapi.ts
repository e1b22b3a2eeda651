import type { AnswerDescription, Route, RouteFamily } from "./route.js";
import type { Schema } from "./schema.js";

type Shape = Readonly<Record<string, Schema<unknown>>>;

const PROBLEM = {
	type: "object",
	description: "what went wrong and what to do (RFC 9457)",
	required: ["title", "status", "detail"],
	properties: { title: { type: "string" }, status: { type: "integer" }, detail: { type: "string" } },
};

/** The API's description, OpenAPI 3.1, from the definitions of its routes. */
export function openApi(families: readonly RouteFamily[], version: string): object {
	const paths: Record<string, Record<string, object>> = {};
	for (const { name, routes } of families) {
		for (const route of routes) {
			paths[route.path] ??= {};
			paths[route.path]![route.method.toLowerCase()] = operation(name, route);
		}
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "mitmsrp control API",
			version,
			description:
				"Watches and steers a running `mitmsrp proxy --api`. Loopback only unless told otherwise; every request needs the token; pages of other sites are refused.",
			license: { name: "MIT", identifier: "MIT" },
		},
		servers: [{ url: "http://127.0.0.1:8475" }],
		security: [{ token: [] }],
		tags: families.map(({ name, description }) => ({ name, description })),
		paths,
		components: {
			securitySchemes: { token: { type: "http", scheme: "bearer", description: "given with --api-token, or printed at start" } },
			schemas: { Problem: PROBLEM },
			responses: {
				Problem: {
					description: "it could not be done",
					content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
				},
			},
		},
	};
}

function operation(tag: string, { name, summary, more, parameters, query, body, bodyOptional, answers }: Route): object {
	return {
		operationId: name,
		tags: [tag],
		summary,
		...(more === undefined ? {} : { description: more }),
		...(parameters === undefined && query === undefined
			? {}
			: { parameters: [...described("path", parameters), ...described("query", query)] }),
		...(body === undefined
			? {}
			: { requestBody: { required: bodyOptional !== true, content: { "application/json": { schema: body.json } } } }),
		responses: {
			...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answered(answer)])),
			default: { $ref: "#/components/responses/Problem" },
		},
	};
}

function described(place: "path" | "query", all: Shape | undefined): object[] {
	return Object.entries(all ?? {}).map(([name, { json, required }]) => {
		const { description, ...schema } = json;
		return { name, in: place, required: place === "path" || required, description, schema };
	});
}

function answered({ description, schema, type = "application/json" }: AnswerDescription): object {
	return schema === undefined && type === "application/json"
		? { description }
		: { description, content: { [type]: schema === undefined ? {} : { schema } } };
}

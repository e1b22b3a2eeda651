import { ok, route } from "../route.js";

const integer = { type: "integer" };

export const STATUS = {
	name: "status",
	description: "the proxy as a whole, and this API",
	routes: [
		route({
			method: "GET",
			path: "/status",
			name: "getStatus",
			summary: "What the proxy has done so far",
			answers: {
				200: {
					description: "figures",
					schema: {
						type: "object",
						required: ["opened", "open", "octets", "entries", "held", "kept"],
						properties: {
							opened: { ...integer, description: "connections served" },
							open: { ...integer, description: "connections that are open" },
							octets: { type: "array", items: integer, description: "received from clients and from servers" },
							entries: integer,
							held: { ...integer, description: "messages that are held" },
							kept: { type: "object", properties: { first: integer, last: integer, evicted: integer }, description: "entries" },
						},
					},
				},
			},
			handle: (_request, { proxy }) => {
				const { first, last, evicted } = proxy.store;
				return ok({ ...proxy.totals, held: proxy.held.length, kept: { first, last, evicted } });
			},
		}),
		route({
			method: "GET",
			path: "/openapi.json",
			name: "getDescription",
			summary: "This description",
			answers: { 200: { description: "OpenAPI 3.1", schema: { type: "object" } } },
			handle: (_request, { description }) => ({ status: 200, type: "application/json; charset=utf-8", text: `${description()}\n` }),
		}),
	],
};

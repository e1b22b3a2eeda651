import type { Breakpoint, BreakpointOptions } from "../../../core/breakpoints/types.js";
import type { ControlledProxy } from "../../live/controlled-proxy.js";
import { breakpointJson } from "../held-json.js";
import { ApiError, created, DONE, ok, route } from "../route.js";
import { boolean, choice, integer, number, object, optional, string } from "../schema.js";

const BREAKPOINT = {
	type: "object",
	required: ["id", "filter", "enabled", "timeout", "onTimeout", "hits"],
	properties: {
		id: { type: "integer" },
		name: { type: "string" },
		filter: { type: "string" },
		enabled: { type: "boolean" },
		timeout: { type: "number", description: "seconds" },
		onTimeout: { type: "string", enum: ["resume", "drop"] },
		left: { type: "integer", description: "messages that it may still hold; absent: all" },
		hits: { type: "integer", description: "messages that it held" },
	},
};
const SETTINGS = {
	name: optional(string("shown instead of the expression", { max: 200 })),
	enabled: optional(boolean("default true")),
	timeout: optional(number("seconds that a message is held; default 300", 0.001, 86_400)),
	onTimeout: optional(choice("what becomes of a message that nobody asked for in that time; default resume", ["resume", "drop"])),
	times: optional(integer("messages that it holds before it switches itself off; default: all", 1)),
};
const filter = string("expression; messages that match are held (docs/reference/filter.md)", { min: 1, max: 16_384 });
const id = integer("id of the breakpoint", 1);

export const BREAKPOINTS = {
	name: "breakpoints",
	description: "where messages are held",
	routes: [
		route({
			method: "GET",
			path: "/breakpoints",
			name: "listBreakpoints",
			summary: "All breakpoints, in order: the first that matches holds a message",
			answers: { 200: { description: "the breakpoints", schema: { type: "array", items: BREAKPOINT } } },
			handle: (_request, { proxy }) => ok(proxy.breakpoints.breakpoints.map(breakpointJson)),
		}),
		route({
			method: "POST",
			path: "/breakpoints",
			name: "addBreakpoint",
			summary: "Adds a breakpoint, for messages from now on, in open connections too",
			body: object({ filter, ...SETTINGS }),
			answers: { 201: { description: "the breakpoint", schema: BREAKPOINT } },
			handle: ({ body: { filter, ...settings } }, { proxy }) => created(breakpointJson(proxy.breakpoints.add(filter, given(settings)))),
		}),
		route({
			method: "GET",
			path: "/breakpoints/{id}",
			name: "getBreakpoint",
			summary: "One breakpoint",
			parameters: { id },
			answers: { 200: { description: "the breakpoint", schema: BREAKPOINT } },
			handle: ({ path }, { proxy }) => ok(breakpointJson(found(proxy, path.id))),
		}),
		route({
			method: "PATCH",
			path: "/breakpoints/{id}",
			name: "changeBreakpoint",
			summary: "Changes what is given",
			parameters: { id },
			body: object({ filter: optional(filter), ...SETTINGS }),
			answers: { 200: { description: "the breakpoint", schema: BREAKPOINT } },
			handle: ({ path, body: { filter, ...settings } }, { proxy }) => {
				found(proxy, path.id);
				return ok(breakpointJson(proxy.breakpoints.change(path.id, { ...given(settings), ...(filter === undefined ? {} : { filter }) })));
			},
		}),
		route({
			method: "DELETE",
			path: "/breakpoints/{id}",
			name: "removeBreakpoint",
			summary: "Holds nothing any more; what is held stays in the queue",
			parameters: { id },
			answers: { 204: { description: "it is gone" } },
			handle: ({ path }, { proxy }) => {
				found(proxy, path.id);
				proxy.breakpoints.remove(path.id);
				return DONE;
			},
		}),
	],
};

function found(proxy: ControlledProxy, id: number): Breakpoint {
	const point = proxy.breakpoints.breakpoints.find((one) => one.id === id);
	if (point === undefined) throw new ApiError(404, "No such breakpoint", `no breakpoint ${id}; GET /breakpoints lists them`);
	return point;
}

/** Without what was left out. */
function given(settings: { [K in keyof BreakpointOptions]: BreakpointOptions[K] | undefined }): BreakpointOptions {
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

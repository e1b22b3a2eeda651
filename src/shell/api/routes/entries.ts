import type { Entry } from "../../../core/model/entry.js";
import { LONGEST_MARK } from "../../../core/model/marks.js";
import { compileFilter } from "../../../core/rules/filter/index.js";
import type { EntryStore } from "../../../core/store/entry-store.js";
import { type ApiContext, ApiError, DONE, ok, route } from "../route.js";
import { integer, object, optional, string } from "../schema.js";

/** octets of JSON in one page, about */
const MOST_OCTETS = 4 << 20;
/** entries that are looked at before others get their turn */
const SCAN = 2_000;

export const FILTER = optional(string("only what matches (docs/reference/filter.md)", { min: 1, max: 16_384 }));
export const VERBOSITY = optional(integer("1: with the body as text; 2: and all octets in base64; default 0", 0, 2));
export const ENTRY = {
	type: "object",
	description: "docs/schema/entry.schema.json",
	required: ["entry", "protocol"],
	properties: { entry: { type: "integer" }, protocol: { type: "string" } },
};

const number = integer("number of the entry", 1);
const PAGE = {
	type: "object",
	required: ["entries", "first", "last", "evicted"],
	properties: {
		entries: { type: "array", items: ENTRY },
		next: {
			type: "integer",
			description: "there is more: give this as `after` or `before`, whichever was given; as `before` where neither was",
		},
		first: { type: "integer", description: "oldest entry that is kept" },
		last: { type: "integer", description: "newest entry" },
		evicted: { type: "integer", description: "entries that were forgotten" },
	},
};

export const ENTRIES = {
	name: "entries",
	description: "what was decoded: messages and events, the latest ones",
	routes: [
		route({
			method: "GET",
			path: "/entries",
			name: "listEntries",
			summary: "A page of entries, in order: the latest, those before one, or those after one",
			query: {
				filter: FILTER,
				after: optional(integer("only entries after this one, the oldest of them first")),
				before: optional(integer("only entries before this one; without `after` the newest of them")),
				limit: optional(integer("entries at most; default 100", 1, 1_000)),
				verbosity: VERBOSITY,
			},
			answers: { 200: { description: "the page", schema: PAGE } },
			handle: async ({ query: { filter, after, before, limit = 100, verbosity = 0 }, gone }, context) => {
				const { store } = context.proxy;
				const compiled = filter === undefined ? undefined : compileFilter(filter);
				const found: string[] = [];
				let [size, at] = [0, after ?? before];
				let more = true;
				while (more && found.length < limit && size < MOST_OCTETS) {
					const bounds = after === undefined ? { before: at } : { after: at, before };
					const page = store.query({ filter: compiled, ...bounds, limit: limit - found.length, scan: SCAN });
					const lines: string[] = [];
					// Towards the older the last of a page comes first where it is cut short.
					for (const entry of after === undefined ? page.entries.toReversed() : page.entries) {
						lines.push(context.lines.line(entry, verbosity));
						size += lines.at(-1)!.length;
						at = entry.number;
						if (size >= MOST_OCTETS) break;
					}
					found.push(...lines);
					if (lines.length === page.entries.length) {
						at = page.next;
						more = at !== undefined;
						if (more) await turn(gone);
					}
				}
				if (after === undefined) found.reverse();
				const { first, last, evicted } = store;
				const next = more ? `,"next":${at}` : "";
				return {
					status: 200,
					type: "application/json; charset=utf-8",
					text: `{"entries":[${found.join(",")}]${next},"first":${first},"last":${last},"evicted":${evicted}}\n`,
				};
			},
		}),
		route({
			method: "GET",
			path: "/entries/{number}",
			name: "getEntry",
			summary: "One entry",
			parameters: { number },
			query: { verbosity: VERBOSITY },
			answers: { 200: { description: "the entry", schema: ENTRY } },
			handle: ({ path, query: { verbosity = 0 } }, context) => entryAnswer(context, found(context.proxy.store, path.number), verbosity),
		}),
		route({
			method: "POST",
			path: "/entries/{number}/marks",
			name: "markEntry",
			summary: 'Puts a mark on an entry; filters find it: mark == "…"',
			parameters: { number },
			body: object({ mark: string("the mark", { min: 1, max: LONGEST_MARK }) }),
			answers: { 200: { description: "all marks of the entry", schema: { type: "array", items: { type: "string" } } } },
			handle: ({ path, body }, { proxy: { store } }) => {
				const entry = found(store, path.number);
				if (!store.mark(path.number, body.mark))
					throw new ApiError(409, "Too many marks", "the entry has as many marks as it may; take one away first");
				return ok(entry.marks);
			},
		}),
		route({
			method: "DELETE",
			path: "/entries/{number}/marks",
			name: "unmarkEntry",
			summary: "Takes a mark away, or all of them",
			parameters: { number },
			query: { mark: optional(string("which; default: all", { max: LONGEST_MARK })) },
			answers: { 204: { description: "it is gone" } },
			handle: ({ path, query }, { proxy: { store } }) => {
				found(store, path.number);
				store.unmark(path.number, query.mark);
				return DONE;
			},
		}),
	],
};

export function entryAnswer({ lines }: ApiContext, entry: Entry, verbosity: number): { status: number; type: string; text: string } {
	return { status: 200, type: "application/json; charset=utf-8", text: `${lines.line(entry, verbosity)}\n` };
}

function found(store: EntryStore, number: number): Entry {
	const entry = store.get(number);
	if (entry !== undefined) return entry;
	const kept = store.size === 0 ? "none are kept" : `those from ${store.first} to ${store.last} are`;
	throw new ApiError(404, "No such entry", `entry ${number} is not kept; ${kept}`);
}

async function turn(gone: AbortSignal): Promise<void> {
	await new Promise((resolve) => setImmediate(resolve));
	gone.throwIfAborted();
}

import { plus } from "../../protocols/msrp/byte-range.js";
import { FifoMap } from "../../session/bounded.js";
import { rangeEdit } from "../message/chunks.js";
import { msrpResponse, wantsOk } from "../message/msrp-build.js";
import { bodyOf } from "../message/parts.js";
import { type Act, defineAction } from "./types.js";

/** Chunks of a message that wait for the last one. */
interface Waiting {
	/** as they came */
	frames: Buffer[];
	bodies: Buffer[];
	/** of the first octet, and behind the last */
	start: number;
	next: number;
	octets: number;
}

/** messages at once, per connection */
const MOST = 16;

export const MERGE = defineAction({
	name: "merge",
	title: "The chunks of an MSRP message become one.",
	doc: "Has to meet all chunks. Those before the last are answered here with 200 where their sender wants it; they wait, and are lost with the connection. Chunks that do not follow one another go on as they came.",
	protocols: ["msrp"],
	needs: "whole",
	edits: true,
	options: {
		most: {
			type: "size",
			default: "1MiB",
			min: 1,
			max: 16 << 20,
			doc: "where a message gets longer than this, what is there goes on as one chunk",
		},
	},
	main: "most",
	example: `- name: a box that reassembles
  match: msrp.method == "SEND"
  actions: [merge]`,
	act({ most }, context) {
		const { msrp, octets, dir } = context;
		const body = bodyOf(context);
		const range = msrp?.byteRange;
		if (msrp?.method !== "SEND" || msrp.messageId === undefined || body === undefined || !range || typeof range.start !== "number")
			return undefined;
		const memory = context.memory(() => ({ waiting: new FifoMap<string, Waiting>(MOST) }));
		const key = `${dir} ${msrp.messageId}`;
		const waiting = memory.waiting.get(key);
		const flag = octets.toString("latin1").trimEnd().at(-1);
		const content = octets.subarray(body.start, body.end);
		const follows = waiting !== undefined && waiting.next === range.start;
		if (waiting !== undefined && !follows) {
			memory.waiting.delete(key);
			return {
				inject: waiting.frames.map((frame) => ({ to: "on", when: "before", octets: frame, own: true })),
				did: "chunks do not follow one another: they go on as they came",
			};
		}
		const length = (waiting?.octets ?? 0) + content.length;
		if (flag === "+" && length <= most) {
			const entry = waiting ?? { frames: [], bodies: [], start: range.start, next: range.start, octets: 0 };
			entry.frames.push(Buffer.from(octets));
			entry.bodies.push(Buffer.from(content));
			entry.next += content.length;
			entry.octets = length;
			memory.waiting.set(key, entry);
			const back: Act["inject"] = wantsOk(msrp) ? [{ to: "back", when: "after", octets: msrpResponse(msrp, 200, "OK") }] : [];
			const did = "waits for the rest of its message";
			context.report("relay.answered", `${context.rule}: ${did}`);
			return { drop: true, quiet: true, did, inject: back };
		}
		if (waiting === undefined) return undefined;
		memory.waiting.delete(key);
		const end = range.end === undefined ? undefined : plus(range.start, content.length - 1);
		const row = rangeEdit(context, { start: waiting.start, end, total: range.total });
		const edits = [
			...(row === undefined ? [] : [row]),
			{ start: body.start, end: body.start, octets: Buffer.concat(waiting.bodies), part: "body" },
		];
		return { edits, did: `${waiting.frames.length + 1} chunks in one` };
	},
});

import type { Entry } from "../../src/core/model/entry.js";
import type { MsrpMessage } from "../../src/core/protocols/msrp/types.js";
import { cpimSend, eventEntry, invite, msrpEntry, msrpOk, ok, PATHS } from "./entries.js";

const c1 = { session: "c1" };
const BACK = ["To-Path: msrp://192.0.2.1:2855/s1;tcp", "From-Path: msrp://192.0.2.9:2855/r1;tcp"];

function message(chunkCount: number, state: MsrpMessage["state"]): MsrpMessage {
	const contiguous = chunkCount * 3;
	return {
		messageId: "big-1",
		state,
		chunks: [],
		chunkCount,
		total: 9,
		contentType: "text/plain",
		content: Buffer.alloc(0),
		contiguous,
		truncated: false,
	};
}

function chunk(number: number, id: string, range: string, flag: string, which: number): Entry {
	const lines = [
		`MSRP ${id} SEND`,
		...PATHS,
		"Message-ID: big-1",
		`Byte-Range: ${range}`,
		"Content-Type: text/plain",
		"",
		"abc",
		`-------${id}${flag}`,
	];
	const state = flag === "$" ? "complete" : "open";
	return msrpEntry(lines, { number, at: number, links: { ...c1, chat: "m2" }, message: message(which, state) });
}

function answer(number: number, id: string, answers: number): Entry {
	return msrpEntry([`MSRP ${id} 200 OK`, ...BACK, `-------${id}$`], { number, at: number, dir: 1, links: { ...c1, answers } });
}

/** A short chat: INVITE, a CPIM message, a message in three chunks with interleaved responses, a report, an IMDN. */
export function chat(): Entry[] {
	return [
		invite({ number: 1, links: { ...c1, dialog: "d1" } }),
		ok({
			number: 2,
			nsec: 250_000_000,
			links: { ...c1, dialog: "d1", answers: 1 },
			problems: [
				{ id: "sip.start-line-extra-space", offset: 3, length: 1 },
				{ id: "sip.missing-header", offset: 0, length: 0, detail: "no Max-Forwards\x1b" },
			],
		}),
		cpimSend({ number: 3, at: 1, links: { ...c1, chat: "m1" } }),
		msrpOk({ number: 4, at: 1, nsec: 1_000_000, links: { ...c1, answers: 3 } }),
		chunk(5, "aaaa1", "1-3/9", "+", 1),
		chunk(6, "aaaa2", "4-6/9", "+", 2),
		answer(7, "aaaa1", 5),
		chunk(8, "aaaa3", "7-9/9", "$", 3),
		answer(9, "aaaa2", 6),
		answer(10, "aaaa3", 8),
		msrpEntry(["MSRP rep1 REPORT", ...BACK, "Message-ID: big-1", "Byte-Range: 1-9/9", "Status: 000 200 OK", "-------rep1$"], {
			number: 11,
			at: 12,
			dir: 1,
			links: { ...c1, chat: "m2", answers: 8 },
		}),
		msrpEntry(
			["MSRP imdn SEND", ...BACK, "Message-ID: i-1", "Byte-Range: 1-3/3", "Content-Type: message/imdn+xml", "", "<i>", "-------imdn$"],
			{
				number: 12,
				at: 13,
				dir: 1,
				links: { ...c1, chat: "m3" },
				payload: { kind: "imdn", messageId: "Xy7", notification: "display", status: "displayed" },
			},
		),
		eventEntry("tls", "TLS without secrets, so nothing is shown", { number: 13, at: 14 }),
	];
}

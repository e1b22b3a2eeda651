import type { Moment } from "../model/time.js";
import { endLineEdit } from "./mend-msrp.js";
import type { OutQueue } from "./out-queue.js";
import type { Passage } from "./passage.js";

/** Sends a whole message the way its stages want it sent. */
export function sendMessage(out: OutQueue, passage: Passage, now: Moment): void {
	const { effects } = passage;
	if (!passage.isSip && (passage.newTransactionId !== undefined || effects.endLine !== undefined)) {
		const edit = endLineEdit(passage.octets, { transactionId: passage.newTransactionId, ...effects.endLine });
		if (edit !== undefined) passage.edit("mitmsrp", [edit]);
	}
	if (effects.cut !== undefined && effects.cut < passage.octets.length)
		passage.edit("mitmsrp", [{ start: effects.cut, end: passage.octets.length, octets: Buffer.alloc(0), part: "the rest" }]);
	const { octets } = passage;
	const rewriting = passage.rewriting();
	if (effects.aside !== undefined) {
		out.aside(Buffer.from(octets), effects.aside.messages, effects.aside.seconds, now, rewriting);
		return;
	}
	if (effects.join !== undefined) out.join(Buffer.from(octets), effects.join, now, rewriting);
	else if (effects.pieces !== undefined) sendPieces(out, passage, now);
	else out.push(octets, 0, octets.length, now, effects.delay, rewriting, passage.changed, effects.carriage);
	out.passed(now);
}

function sendPieces(out: OutQueue, passage: Passage, now: Moment): void {
	const { octets, effects } = passage;
	const { sizes, pause = 0 } = effects.pieces!;
	let rewriting = passage.rewriting();
	let { delay } = effects;
	let at = 0;
	for (const size of [...sizes, octets.length]) {
		const end = Math.min(octets.length, at + Math.max(1, size));
		if (end === at) break;
		out.push(octets, at, end, now, delay, rewriting);
		rewriting = undefined;
		delay += pause;
		at = end;
	}
}

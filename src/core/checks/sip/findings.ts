import type { DiagnosticId, Problem } from "../../model/problem.js";
import type { SipMessage } from "../../protocols/sip/types.js";

/** One message under check. Offsets count octets of its frame: `text` has one character an octet. */
export class Findings {
	readonly message: SipMessage;
	readonly text: string;
	problems: Problem[] | null = null;

	constructor(message: SipMessage) {
		this.message = message;
		this.text = message.headText;
	}

	add(id: DiagnosticId, offset: number, length: number, detail?: string): void {
		const problem: Problem = detail === undefined ? { id, offset, length } : { id, offset, length, detail };
		if (this.problems === null) this.problems = [problem];
		else this.problems.push(problem);
	}

	/** Like `add`, but at most once a message: for findings that would repeat with every value. */
	once(id: DiagnosticId, offset: number, length: number, detail?: string): void {
		if (this.problems?.some((problem) => problem.id === id)) return;
		this.add(id, offset, length, detail);
	}

	/** text[start, end), cut to what a detail should hold */
	quote(start: number, end: number): string {
		return this.text.slice(start, Math.min(end, start + 80));
	}
}

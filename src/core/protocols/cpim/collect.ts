import type { DiagnosticId } from "../../model/problem.js";
import { parseAddress } from "./address.js";
import { type HeaderLine, parseHeaderLine } from "./line.js";
import { IMDN_NAMESPACE, isCore, isMisprintedCore, knownSpelling, Namespaces, parseNamespace } from "./namespaces.js";
import type { CpimHeader, CpimMessage } from "./types.js";

const MAX_HEADERS = 1024;
const MAX_PROBLEMS = 200;

/** Adds a finding, unless there are too many. */
export function report(message: CpimMessage, id: DiagnosticId, offset: number, length: number, detail?: string): void {
	if (message.problems.length >= MAX_PROBLEMS) return;
	message.problems.push(detail === undefined ? { id, offset, length } : { id, offset, length, detail });
}

/** Takes the message headers in order and files what they mean (RFC 3862 §4, RFC 5438 §6). */
export class HeaderCollector {
	readonly #message: CpimMessage;
	readonly #namespaces = new Namespaces();

	constructor(message: CpimMessage) {
		this.#message = message;
	}

	/** The header text[start, end), with the lines that continue it up to `next`; see parseHeaderLine. */
	line(text: string, start: number, end: number, next: number, continuation: string | undefined, valueEnd: number): void {
		const message = this.#message;
		if (message.headers.length >= MAX_HEADERS) return;
		const line = parseHeaderLine(text, start, end, next, continuation, valueEnd, this.#namespaces, message.problems);
		if (message.problems.length > MAX_PROBLEMS) message.problems.length = MAX_PROBLEMS;
		if (line === undefined) return;
		const { header } = line;
		message.headers.push(header);
		// NS declares, whatever the default namespace has become (RFC 3862 §4.6).
		if (header.name === "NS" || (isCore(header.namespace) && header.local === "NS")) this.#declare(header);
		else if (isCore(header.namespace)) this.#core(line);
		else if (header.namespace === IMDN_NAMESPACE) this.#imdn(header);
		else if (header.namespace === undefined) {
			this.#report("cpim.undeclared-namespace", header.start, header.name.length, header.name);
		}
	}

	#declare(header: CpimHeader): void {
		const declaration = parseNamespace(header.value);
		if (declaration === undefined) {
			this.#report("cpim.malformed-header", header.start, header.end - header.start, "NS is not prefix <URI>");
			return;
		}
		if (isMisprintedCore(declaration.uri)) this.#report("cpim.core-namespace-misprint", header.start, header.end - header.start);
		this.#namespaces.declare(declaration);
	}

	#core(line: HeaderLine): void {
		const message = this.#message;
		const { header } = line;
		switch (header.local) {
			case "From":
				if (message.from.length > 0) this.#duplicate(header);
				message.from.push(this.#address(line));
				break;
			case "To":
				message.to.push(this.#address(line));
				break;
			case "cc":
				message.cc.push(this.#address(line));
				break;
			case "DateTime":
				if (message.dateTime !== undefined) this.#duplicate(header);
				message.dateTime ??= header.value;
				break;
			case "Subject":
				message.subjects.push({ value: header.value, lang: /(?:^|;)lang=([^;]*)/i.exec(header.params ?? "")?.[1] });
				break;
			case "Require":
				if (message.require.length > 0) this.#duplicate(header);
				this.#require(header);
				break;
			default:
				this.#checkCase(header);
		}
	}

	#imdn(header: CpimHeader): void {
		const { imdn } = this.#message;
		switch (header.local) {
			case "Message-ID":
				imdn.messageId ??= header.value;
				break;
			case "Disposition-Notification":
				imdn.dispositionNotification.push(...list(header.value));
				break;
			case "Original-To":
				imdn.originalTo ??= header.value;
				break;
			case "IMDN-Record-Route":
				imdn.recordRoute.push(header.value);
				break;
			case "IMDN-Route":
				imdn.route.push(header.value);
				break;
			default:
				this.#checkCase(header);
		}
	}

	#address(line: HeaderLine): CpimMessage["from"][number] {
		const address = parseAddress(line.header, line.octets, line.folded);
		if (address.faults.length > 0) {
			const { valueStart, valueEnd } = line.header;
			this.#report("cpim.bad-address", valueStart, valueEnd - valueStart, address.faults.join(", "));
		}
		return address;
	}

	#require(header: CpimHeader): void {
		for (const name of list(header.value)) {
			this.#message.require.push(name);
			const dot = name.indexOf(".");
			const local = name.slice(dot + 1);
			if (knownSpelling(this.#namespaces.resolve(name, dot), local) !== local) {
				this.#report("cpim.unknown-require", header.valueStart, header.valueEnd - header.valueStart, name);
			}
		}
	}

	#checkCase(header: CpimHeader): void {
		const known = knownSpelling(header.namespace, header.local);
		if (known !== undefined) this.#report("cpim.header-case", header.start, header.name.length, `${header.name}, not ${known}`);
	}

	#duplicate(header: CpimHeader): void {
		this.#report("cpim.duplicate-header", header.start, header.end - header.start, header.local);
	}

	#report(id: DiagnosticId, offset: number, length: number, detail?: string): void {
		report(this.#message, id, offset, length, detail);
	}
}

function list(value: string): string[] {
	return value
		.split(",")
		.map((item) => item.trim())
		.filter((item) => item !== "");
}

import type { MsrpFrame } from "../../protocols/msrp/types.js";
import { oneLine } from "./headers.js";

export type HeaderRow = readonly [name: string, value: string];

/** Header rows as they go out; what came from a message stays on its line. */
export function rowsOf(rows: readonly HeaderRow[]): string {
	return rows.map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`).join("");
}

/**
 * The response to a request, hop by hop for SEND: to the first URI of its From-Path, from the first of its To-Path; a response to
 * AUTH takes the whole path back (RFC 4975 §7.2, RFC 4976 §6.3).
 */
export function msrpResponse(request: MsrpFrame, status: number, comment: string, more: readonly HeaderRow[] = []): Buffer {
	const { transactionId, fromPath, toPath } = request;
	const to = request.method === "AUTH" ? fromPath.join(" ") : (fromPath[0] ?? "");
	const head = rowsOf([["To-Path", to], ["From-Path", toPath[0] ?? ""], ...more]);
	return Buffer.from(
		`MSRP ${transactionId} ${status}${comment === "" ? "" : ` ${oneLine(comment)}`}\r\n${head}-------${transactionId}$\r\n`,
		"utf8",
	);
}

/** Where a message of our own goes: along with another one, or back to its sender. */
export function pathsOf({ toPath, fromPath }: MsrpFrame, to: "on" | "back"): { to: string; from: string } {
	if (to === "on") return { to: toPath.join(" "), from: fromPath.join(" ") };
	return { to: fromPath.join(" "), from: toPath.at(-1) ?? "" };
}

/** A request with these rows, which end with Content-Type where it has a body (RFC 4975 §9). */
export function msrpRequest(id: string, method: string, rows: readonly HeaderRow[], body: Buffer | undefined, flag = "$"): Buffer {
	const head = Buffer.from(`MSRP ${id} ${method}\r\n${rowsOf(rows)}`, "utf8");
	if (body === undefined) return Buffer.concat([head, Buffer.from(`-------${id}${flag}\r\n`)]);
	return Buffer.concat([head, Buffer.from("\r\n"), body, Buffer.from(`\r\n-------${id}${flag}\r\n`)]);
}

/** Does whoever sent this request wait for a 200 to it? RFC 4975 §7.1.2: not where Failure-Report is no or partial. */
export function wantsOk(frame: MsrpFrame): boolean {
	if (frame.kind !== "request" || frame.method === "REPORT") return false;
	return !/^(?:no|partial)$/i.test(frame.get("failure-report")?.trim() ?? "");
}

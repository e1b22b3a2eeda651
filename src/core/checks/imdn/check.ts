import type { Problem } from "../../model/problem.js";
import { type CpimHeader, type CpimMessage, IMDN_NAMESPACE } from "../../protocols/cpim/index.js";

/**
 * What one CPIM message says wrong about disposition notifications (RFC 5438 §6.2, §7.1.1.1, §7.2.1.1): they are asked for
 * without an id to name the message by, or by a notification. Only a message whose headers have all arrived is judged.
 * Offsets count from the first octet of the CPIM content.
 */
export function checkImdn(cpim: CpimMessage): Problem[] {
	const problems: Problem[] = [];
	const { imdn } = cpim;
	if (imdn.dispositionNotification.length === 0 || !cpim.mimeComplete) return problems;
	const request = cpim.headers.find(isRequest);
	const offset = request?.start ?? 0;
	const length = request === undefined ? 0 : request.end - request.start;
	if (imdn.messageId === undefined || imdn.messageId === "") problems.push({ id: "imdn.no-message-id", offset, length });
	if (cpim.contentType === "message/imdn+xml") problems.push({ id: "imdn.for-imdn", offset, length });
	return problems;
}

function isRequest({ local, namespace }: CpimHeader): boolean {
	return local === "Disposition-Notification" && namespace === IMDN_NAMESPACE;
}

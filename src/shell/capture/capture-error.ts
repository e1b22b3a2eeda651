export type CaptureErrorCode = "missing" | "denied" | "directory" | "not-a-file" | "empty" | "terminal" | "not-a-capture" | "read";

/** A capture that cannot be opened, or whose reading failed. The message says what is wrong and what to do. */
export class CaptureError extends Error {
	override readonly name = "CaptureError";
	readonly code: CaptureErrorCode;
	readonly path: string;

	constructor(code: CaptureErrorCode, path: string, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
		this.path = path;
	}
}

/** The error of a file operation, in words. */
export function fileError(path: string, error: unknown): CaptureError {
	if (error instanceof CaptureError) return error;
	const cause = error as NodeJS.ErrnoException;
	const options = { cause };
	if (cause.code === "ENOENT" || cause.code === "ENOTDIR") {
		return new CaptureError("missing", path, `${path}: no such file; check the name, or give "-" to read standard input`, options);
	}
	if (cause.code === "EACCES" || cause.code === "EPERM") {
		return new CaptureError("denied", path, `${path}: no permission to read it; check its owner and mode (ls -l)`, options);
	}
	if (cause.code === "EISDIR") return directoryError(path);
	return new CaptureError("read", path, `${path}: reading failed: ${cause.message}`, options);
}

export function directoryError(path: string): CaptureError {
	return new CaptureError("directory", path, `${path}: this is a directory; name a capture file in it`);
}

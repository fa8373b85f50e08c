// Text for a page of HTML: nothing in it can be taken for a tag, or end an attribute.
const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign]);

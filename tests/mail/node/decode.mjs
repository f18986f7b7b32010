// Prints what a program, the first argument, finds in the mail on standard input, as JSON: [[type, name, hex], ...].
import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';

const AS_IT_STANDS = { keepCidLinks: true, skipHtmlToText: true, skipTextToHtml: true };
const programs = {
  async mailparser(mail) {
    const { text, html, attachments } = await simpleParser(mail, AS_IT_STANDS);
    // contentType of what has no type of its own is a guess by the name
    const typed = (each) => [each.headers.get('content-type').value, each.filename, each.content];
    return [['text/plain', '', text], ['text/html', '', html], ...attachments.map(typed)];
  },
  async 'postal-mime'(mail) {
    const { text, html, attachments } = await PostalMime.parse(mail);
    const typed = (each) => [each.mimeType, each.filename, each.content];
    return [['text/plain', '', text], ['text/html', '', html], ...attachments.map(typed)];
  },
};
const parts = await programs[process.argv[2]](readFileSync(0));
const hex = (content) => Buffer.from(content).toString('hex');
process.stdout.write(JSON.stringify(parts.map(([type, name, content]) => [type, name, hex(content)])));

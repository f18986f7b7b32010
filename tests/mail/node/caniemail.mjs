// Prints what the page on standard input uses that mail programs do not show, as JSON: [[feature, program], ...].
import { readFileSync } from 'node:fs';
import { caniemail } from 'caniemail';

const programs = ['gmail.*', 'outlook.*', 'apple-mail.*', 'thunderbird.*', 'yahoo.*', 'fastmail.*', 'protonmail.*'];
const { issues } = caniemail({ clients: programs, html: readFileSync(0, 'utf8') });
const found = [...issues.errors].flatMap(([program, all]) => all.map(({ title }) => [title, program]));
process.stdout.write(JSON.stringify(found));

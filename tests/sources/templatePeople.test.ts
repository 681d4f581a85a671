import { expect, it } from 'vitest';
import { templatePeople } from '../../sources/templatePeople.ts';
import { folder, put } from '../fixtures/archives.ts';

it('takes the first line of each template, ascending', async () => {
  const here = folder();
  put(here, { 'g.csv': 'TEMPLATE_ID,SUBJECT_ID,FILENAME\n9,1,a\n9,2,b\n3,4,c\n', 'wrong.csv': 'A,B\nx,1\n' });
  expect([...(await templatePeople(`${here}/g.csv`))]).toEqual([[3, 4], [9, 1]]); // prettier-ignore
  await expect(templatePeople(`${here}/wrong.csv`)).rejects.toThrow("a template and a subject in row 1, found 'x,1'");
});

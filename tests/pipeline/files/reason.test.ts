import { expect, it } from 'vitest';
import { FileError } from '../../../pipeline/errors.ts';
import { about, fileError, systemCode } from '../../../pipeline/files/reason.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: from the system`), { code });

it('turns system errors into words, once, and leaves the others alone', async () => {
  const denied = fileError('/a', system('EACCES')) as FileError;
  expect(denied).toMatchObject({ path: '/a', reason: 'this user may not open it' });
  expect(fileError('/b', denied)).toBe(denied);
  expect(systemCode(denied)).toBe('EACCES');
  expect((fileError('/a', system('EWHAT')) as FileError).reason).toBe('EWHAT: from the system (EWHAT)');
  const other = new Error('not the disk');
  expect(fileError('/a', other)).toBe(other);
  expect(systemCode(other)).toBeUndefined();
  await expect(about('/a', () => Promise.reject(system('ENOSPC')))).rejects.toThrow('/a: the disk is full');
});

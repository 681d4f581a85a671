import fc from 'fast-check';

/** Property tests draw the same cases every time; another RXFACE_TEST_SEED explores others. */
fc.configureGlobal({ seed: Number(process.env['RXFACE_TEST_SEED'] ?? 20261124) });

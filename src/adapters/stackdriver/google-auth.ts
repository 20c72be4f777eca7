import type * as library from 'google-auth-library';

/** The client library, an optional peer. */
export type GoogleAuthLibrary = typeof library;

/** Loads the client library; rejects with what to install when it is not there. */
export async function loadGoogleAuth(): Promise<GoogleAuthLibrary> {
  try {
    return await import('google-auth-library');
  } catch (cause) {
    throw new Error('the adapter stackdriver needs a package: npm install google-auth-library@10', { cause });
  }
}

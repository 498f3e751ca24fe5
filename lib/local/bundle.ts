import { bundle } from '../../esbuild.config.ts';

// What `npm start` runs, bundled as what is deployed is.
await bundle('gateway-web', 'dynamodb');

curl 'https://api.example.com/v1/payments?test=1' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: da-DK,da;q=0.9' \
  -H 'authorization: Bearer invented-token' \
  -H 'content-type: application/json' \
  -b 'session=invented; theme=dark' \
  -H 'origin: https://shop.example.com' \
  --data-raw $'{"amount":100,"text":"Bob\'s \u0021 \u00e6"}'

curl --request POST \
  --url 'https://api.example.com/v1/payments' \
  --compressed \
  --header 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' \
  --header 'Content-Type: application/json' \
  --data-raw '{"amount":100}'
